// A process that writes an audit log until it is killed, and tells each line whose promise has resolved.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { readKeyRing } from '../store/key-ring.ts'
import { sqliteStore } from '../store/sqlite-store.ts'
import { createAuditLog } from './create-audit-log.ts'

/** Where the process finds what it needs. */
export interface Writing {
  readonly folder: string
  readonly keyFile: string
  readonly storeFile: string
  readonly storeKeysFile: string
  /** Names its lines. */
  readonly run: string
}

/** Starts it; `told` gets each line that is durable. */
export function startWriting(
  writing: Writing,
  told: (subject: string) => void,
): { process: ChildProcess; ended: Promise<unknown> } {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url)],
    {
      env: { ...process.env, JOTGATE_TEST_WRITING: JSON.stringify(writing) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const lines = createInterface({ input: child.stdout })
  lines.on('line', told)
  const ended = Promise.all([
    new Promise((resolve) => lines.once('close', resolve)),
    new Promise((resolve) => child.once('close', resolve)),
  ])
  return { process: child, ended }
}

async function write({ folder, keyFile, storeFile, storeKeysFile, run }: Writing): Promise<void> {
  const keys = await readKeyRing({ file: storeKeysFile })
  const store = await sqliteStore({ file: storeFile, keys })
  const log = await createAuditLog({
    ...{ folder, key: await readFile(keyFile), store, node: 'qlik-1', writeHead: () => undefined },
    // So that files are begun at random moments too.
    limits: { maxFileBytes: 300_000 },
  })
  const writeOneByOne = async (worker: number) => {
    for (let count = 0; ; count += 1) {
      const subject = `${run}-${worker}-${count}`
      // Long ones span pages, of which a killed process may leave the first.
      await log.record({ event: 'enter', subject, reason: 'x'.repeat((count % 5) * 200) })
      process.stdout.write(`${subject}\n`)
    }
  }
  await Promise.all(Array.from({ length: 40 }, (_, worker) => writeOneByOne(worker)))
}

const own = process.env.JOTGATE_TEST_WRITING
if (own !== undefined && process.argv[1] === fileURLToPath(import.meta.url))
  await write(JSON.parse(own) as Writing)
