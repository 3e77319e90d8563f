/** Lines that show that something long is still at work. */

const INTERVAL_SECONDS = 10;

/** Writes a line with the seconds passed, every 10 seconds until the function that is returned is called. */
export function showProgress(
  line: (seconds: number) => string,
  log: (line: string) => void,
  intervalSeconds = INTERVAL_SECONDS,
): () => void {
  const start = Date.now();
  const timer = setInterval(() => log(line(Math.round((Date.now() - start) / 1000))), intervalSeconds * 1000);
  return () => clearInterval(timer);
}
