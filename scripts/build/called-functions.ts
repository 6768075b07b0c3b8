import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** What Node writes of a run: https://chromedevtools.github.io/devtools-protocol/v8/Profiler. */
interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {
      readonly ranges: readonly { readonly startOffset: number; readonly count: number }[]
    }[]
  }[]
}

const user = ['--name', 'A', '--email', 'a@b.example', '--group', 'b']
const lines = [
  ['--for', 'cloud', '--issuer', 'a', '--subject', '1', ...user, '--email-verified', 'true'],
  ['--for', 'client-managed', '--user-directory', 'A', '--user-id', 'a', ...user],
]

/**
 * Makes a token for each product by a bundled command, and tells which functions were called for it.
 *
 * @param main the bundle's entry
 * @returns by the name of each file the places where these functions begin in it
 */
export function calledFunctions(main: string): ReadonlyMap<string, ReadonlySet<number>> {
  const folder = mkdtempSync(join(tmpdir(), 'jotgate-build-'))
  try {
    for (const line of lines) makeToken(folder, main, line)
    return readCoverage(join(folder, 'coverage'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeToken(folder: string, main: string, line: readonly string[]): void {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const [key, script] = [join(folder, 'key.pem'), join(folder, 'run.cjs')]
  writeFileSync(key, privateKey, { mode: 0o600 })
  writeFileSync(script, `require(${JSON.stringify(main)}).main()`)
  const others = Object.entries(process.env).filter(([name]) => !/^(NODE_|JOTGATE_)/.test(name))
  const { status, stderr } = spawnSync(
    process.execPath,
    [script, 'token', 'create', '--key', key, ...line],
    {
      encoding: 'utf8',
      env: { ...Object.fromEntries(others), NODE_V8_COVERAGE: join(folder, 'coverage') },
    },
  )
  if (status !== 0) throw new Error(`The bundled command made no token: ${stderr}`)
}

function readCoverage(folder: string): ReadonlyMap<string, ReadonlySet<number>> {
  const called = new Map<string, Set<number>>()
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Coverage
    for (const { url, functions } of result) {
      const file = basename(url)
      const starts = called.get(file) ?? new Set()
      for (const { ranges } of functions)
        if (ranges[0] !== undefined && ranges[0].count > 0) starts.add(ranges[0].startOffset)
      called.set(file, starts)
    }
  }
  return called
}
