import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** How often the others look whether it is their turn. */
const pollMs = 100

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Whether the process that holds the lock is gone; one that was not yet named in it counts as there. */
async function isAbandoned(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '')
  if (!/^\d+$/.test(text)) return false
  try {
    process.kill(Number(text), 0)
    return false
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/**
 * Does work that only one process at a time may do. Tests run in several processes, and each may be
 * the one that finds the pages old.
 *
 * @param file is made for the time of the work and names the process; one left by a dead process is taken over
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  while (!(await take(file))) {
    if (await isAbandoned(file)) await rm(file, { force: true })
    else await delay(pollMs)
  }
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}
