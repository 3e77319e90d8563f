/** One writer at a time for each application: its lists of credentials are written as a whole. */

const queues = new Map<string, Promise<unknown>>();

export async function exclusively<T>(objectId: string, work: () => Promise<T>): Promise<T> {
  const before = queues.get(objectId) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.catch(() => undefined);
  queues.set(objectId, settled);
  try {
    return await mine;
  } finally {
    if (queues.get(objectId) === settled) queues.delete(objectId);
  }
}
