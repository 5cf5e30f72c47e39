/**
 * Waits for something, but not forever; it may go on all the same.
 * @returns what it gave; null after `patienceMs`
 */
export async function within<Result>(
  patienceMs: number,
  work: Promise<Result>,
): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, patienceMs, null);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
