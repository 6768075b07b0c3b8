import { inWords, readFileWithin } from './read-file.ts'

/** The bytes of a file with a secret, or why they are not taken, to be read after the file's name. */
export type SecretReading =
  | { readonly bytes: Buffer; readonly problem?: never }
  | { readonly problem: string; readonly bytes?: never }

/** Reads a file that its owner alone may read: this user, or root, who can read every file anyway. */
export async function readSecretFile(file: string, maxBytes: number): Promise<SecretReading> {
  const { bytes, stats, refusal } = await readFileWithin(file, maxBytes)
  if (refusal !== undefined) return { problem: inWords(refusal) }
  if (process.platform === 'win32') return { bytes }
  if ((stats.mode & 0o077) !== 0) return { problem: 'can be read by other users: `chmod 600` it' }
  if (![0, process.geteuid?.()].includes(stats.uid))
    return { problem: 'belongs to another user, who can replace it' }
  return { bytes }
}
