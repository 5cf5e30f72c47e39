/** Processor seconds of this process so far, user and system, all threads (getrusage). */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
