/** Whether a web server can be reached: checked before a download, so that a machine without internet loses no time. */

const PROBE_LIMIT_MILLISECONDS = 5000;

/** Whether this address answers within 5 seconds. */
export async function isReachable(url: string, limitMilliseconds = PROBE_LIMIT_MILLISECONDS): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(limitMilliseconds) });
    return response.status < 500;
  } catch {
    return false;
  }
}
