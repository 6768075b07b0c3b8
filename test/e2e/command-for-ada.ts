import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, createCommand } from './command.ts'

export const issuer = 'acme.example'
export const signing = [
  '--for',
  'cloud',
  '--issuer',
  issuer,
  '--key',
  'keys/qlik.pem',
  '--kid',
  'acme-1',
]
export const ada = [
  '--subject',
  'acme|ada',
  '--name',
  'Ada',
  '--email',
  'ada@acme.example',
  '--email-verified',
  'true',
]
/** The command line that makes Ada's token. */
export const create = ['token', 'create', ...signing, ...ada]

/** The command in a folder where the key is that those lines sign with. */
export async function createCommandWithKey(): Promise<Command & { certificate: string }> {
  const command = await createCommand()
  const made = await command.run(['keys', 'create', '--bits', '2048', '--kid', 'acme-1'])
  if (made.exitCode !== 0) throw new Error(made.err)
  return { ...command, certificate: await readFile(join(command.folder, 'keys/qlik.cer'), 'utf8') }
}

/** The claims of a token, unverified. */
export function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** Words for a shell. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
}
