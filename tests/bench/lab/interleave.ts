/**
 * Measures several things in turn, A B C A B C …, so that a machine that is slower for a while is so for all of them.
 * @param contenders - each does its work once and says what it took
 * @param rounds - how often
 * @returns what each said, in order
 */
export async function interleave<Name extends string, Value>(
  contenders: Readonly<Record<Name, () => Promise<Value>>>,
  rounds: number,
): Promise<Record<Name, Value[]>> {
  const names = Object.keys(contenders) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Value[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) values[name].push(await contenders[name]());
  }
  return values;
}
