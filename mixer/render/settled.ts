/**
 * Waits for all, also when one fails: nothing goes on in the background with what is about to be closed.
 *
 * @throws what the first of those that failed threw
 */
export async function settled<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
