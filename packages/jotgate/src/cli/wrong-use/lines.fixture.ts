import { join } from 'node:path'

/** One wrong use of the command. */
export interface WrongUse {
  args: readonly string[]
  env?: Record<string, string>
  stdin?: string
  /** Whether the standard output is a terminal. */
  shows?: true
  /** What the person has to read. */
  says: RegExp
}

/** A line as it is typed. */
export const typed = (line: string, says: RegExp): WrongUse => ({
  args: line.split(' ').filter(Boolean),
  says,
})

/** A line with more behind it. */
export const more = (base: readonly string[], line: string, says: RegExp): WrongUse => ({
  args: [...base, ...line.split(' ').filter(Boolean)],
  says,
})

/** A line in an environment. */
export const variable = (
  args: readonly string[],
  env: Record<string, string>,
  says: RegExp,
): WrongUse => ({ args, env, says })

/** A line without one of its options. */
export const minus = (args: readonly string[], flag: string) =>
  args.toSpliced(args.indexOf(flag), 2)

const ada = [
  ...['--subject', '1', '--name', 'Ada'],
  ...['--email', 'a@acme.example', '--email-verified', 'true'],
]

export type RightLines = ReturnType<typeof rightLines>

/** Lines in which nothing is wrong, to make wrong ones of, with the files of a folder. */
export function rightLines(folder: string) {
  const at = (name: string) => join(folder, name)
  const key = ['--key', at('good.pem')]
  const cloud = ['token', 'create', '--for', 'cloud', '--issuer', 'acme', ...key]
  const full = [...cloud, ...ada]
  return {
    folder,
    /** Where a file stands. */
    at,
    ada,
    /** A user, and no deployment. */
    create: ['token', 'create', ...ada],
    /** A deployment, and no user. */
    cloud,
    full,
    /** The full line with another key. */
    withKey: (name: string, says: RegExp, ...rest: string[]): WrongUse => ({
      args: [...full.with(full.indexOf(at('good.pem')), at(name)), ...rest],
      says,
    }),
    server: [
      ...['token', 'create', '--for', 'client-managed', ...key],
      ...['--user-directory', 'A', '--user-id', 'ada'],
    ],
    pfx: [
      ...['keys', 'export', '--as', 'pfx', ...key, '--certificate', at('good.cer')],
      ...['--pfx-passphrase-file', at('pass.txt')],
    ],
    jwt: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA',
    target: ['--for', 'cloud', '--url', 'http://localhost:9'],
  }
}
