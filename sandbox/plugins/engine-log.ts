/** Messages to the person who runs Pulumi, through the engine: a plugin's own stdout contains only its port. */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export type Severity = "debug" | "info" | "warning" | "error";

export interface EngineLog {
  /** Shown with the run's diagnostics. */
  message(severity: Severity, text: string, urn?: string): void;
  /** Shown beside the resource while the operation runs, and removed afterwards. */
  status(severity: Severity, text: string, urn: string): void;
}

const SEVERITIES = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/**
 * One message after the other, as in the real plugins: the engine shows them as they arrive. Until the engine has sent
 * its address, messages are queued; a message that it refuses is dropped.
 */
export class EngineLogClient implements EngineLog {
  private client: EngineClient | undefined;
  private waiting: LogRequest[] = [];
  private last: Promise<void> = Promise.resolve();

  attach(address: string): void {
    this.client?.close();
    this.client = new EngineClient(address, grpc.credentials.createInsecure());
    for (const request of this.waiting.splice(0)) this.send(request);
  }

  message(severity: Severity, text: string, urn = ""): void {
    this.send(this.request(severity, text, urn, false));
  }

  status(severity: Severity, text: string, urn: string): void {
    this.send(this.request(severity, text, urn, true));
  }

  close(): void {
    this.client?.close();
    this.client = undefined;
  }

  private request(severity: Severity, text: string, urn: string, ephemeral: boolean): LogRequest {
    const request = new LogRequest();
    request.setSeverity(SEVERITIES[severity]);
    request.setMessage(text);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    return request;
  }

  private send(request: LogRequest): void {
    if (!this.client) this.waiting.push(request);
    // A lost message must not fail the operation that it describes.
    else this.last = this.last.then(() => this.deliver(request));
  }

  private deliver(request: LogRequest): Promise<void> {
    return new Promise((resolve) => {
      if (this.client) this.client.log(request, () => resolve());
      else resolve();
    });
  }
}
