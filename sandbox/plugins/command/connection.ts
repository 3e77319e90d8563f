/** The `connection` of a resource, without secrets and with its defaults. */
import { revealSecrets, unwrapSecret, type PropertyMap, type PropertyValue } from "../property-values";

export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  /** One authorized_keys line; without it any host key is accepted. */
  hostKey?: string;
  /** Maximum failed attempts, -1 for no limit. */
  dialErrorLimit: number;
  /** Seconds, 0 for no limit. */
  perDialTimeout: number;
}

export interface Connection extends Endpoint {
  proxy?: Endpoint;
}

function endpoint(values: PropertyMap): Endpoint {
  return { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15, ...values } as unknown as Endpoint;
}

/** @param value the checked input; old states may lack newer defaults. */
export function readConnection(value: PropertyValue | undefined): Connection {
  const values = revealSecrets(unwrapSecret(value) ?? {}) as PropertyMap;
  const { proxy, ...own } = values;
  return proxy ? { ...endpoint(own), proxy: endpoint(proxy as PropertyMap) } : endpoint(own);
}
