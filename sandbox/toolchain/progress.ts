/** Lines that show that a long operation is still running. */

const INTERVAL_SECONDS = 10;

/** Logs the elapsed seconds every 10 seconds until the returned function is called. */
export function showProgress(
  line: (seconds: number) => string,
  log: (line: string) => void,
  intervalSeconds = INTERVAL_SECONDS,
): () => void {
  const start = Date.now();
  const timer = setInterval(() => log(line(Math.round((Date.now() - start) / 1000))), intervalSeconds * 1000);
  return () => clearInterval(timer);
}
