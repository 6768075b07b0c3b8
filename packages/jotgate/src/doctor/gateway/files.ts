import { access, constants, readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSystemError, systemCode } from '../../files/index.ts'
import {
  assertKeysElsewhere,
  checkAuditFolder,
  readAuditKey,
  readKeyRing,
  verifyAuditLog,
} from '../../gateway/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { GatewayContext } from './context.ts'

const guide = 'docs/guides/gateway.md of the project'
/** Two days of a busy gateway need less. */
const enoughBytes = 100 * 1_048_576
/** A longer log is verified by the command that shows its progress. */
const verifiedBytes = 256 * 1_048_576

/** Whether the gateway is on this machine: elsewhere its files say nothing. */
export const gatewayPlaceChecks: readonly Check<GatewayContext>[] = [
  {
    id: 'gateway-place',
    category: 'gateway',
    question: 'Are the files of the gateway on this machine?',
    needs: [],
    async run({ store, audit }) {
      const files = [store.file, store.keysFile, audit.folder, audit.keyFile]
      for (const file of files)
        if (await isThere(file))
          return [{ verdict: 'passed', title: 'The files of the gateway are on this machine' }]
      return [
        {
          verdict: 'not-checked',
          title: 'The files of the gateway are not on this machine: neither its keys nor its data',
          evidence: `looked for ${files.join(', ')}`,
          hint: 'Run doctor where the gateway runs, as the same user. When it never ran, `jotgate gateway init` makes its keys.',
        },
      ]
    },
  },
]

/** The files of a gateway: where sessions are kept, and what was done. */
export const gatewayFileChecks: readonly Check<GatewayContext>[] = [
  {
    id: 'gateway-store',
    category: 'gateway',
    question: 'Can the store of sessions be opened, by the gateway alone?',
    needs: ['gateway-place'],
    async run({ store: { file, keysFile } }) {
      await assertKeysElsewhere(file, await readKeyRing({ file: keysFile }))
      const place = await placeOf(file)
      if ('problem' in place) return [unusable('The store', place.problem)]
      if (place.isOpenToOthers)
        return [
          {
            verdict: 'failed',
            title: `Other users of this machine can read or write ${file}`,
            evidence: `mode ${place.mode}`,
            hint: `\`chmod 600 ${file}\`. Its records are sealed, but who can write it can make the gateway forget that a session has ended.`,
            source: guide,
          },
        ]
      return place.freeBytes < enoughBytes
        ? [full(file, place.freeBytes)]
        : [{ verdict: 'passed', title: `The store can be used, and its keys are elsewhere` }]
    },
  },
  {
    id: 'gateway-audit',
    category: 'gateway',
    question: 'Is the audit log whole, and can it be written?',
    needs: ['gateway-place'],
    async run({ audit: { folder, keyFile } }) {
      const key = await readAuditKey(keyFile)
      await checkAuditFolder(folder, key)
      const place = await placeOf(join(folder, 'log'))
      if ('problem' in place) return [unusable('The audit log', place.problem)]
      if (place.freeBytes < enoughBytes) return [full(folder, place.freeBytes)]
      const bytes = await sizeOf(folder)
      if (bytes === 0)
        return [{ verdict: 'passed', title: 'The audit log can be written, and is empty' }]
      if (bytes > verifiedBytes)
        return [
          {
            verdict: 'not-checked',
            title: `The chain of the audit log was not verified: it has ${Math.round(bytes / 1_048_576)} MiB`,
            hint: '`jotgate audit verify` does it, and shows its progress.',
          },
        ]
      const { findings, lines } = await verifyAuditLog({ folder, key })
      const [first] = findings
      if (first === undefined)
        return [{ verdict: 'passed', title: `The audit log is whole: ${lines} lines` }]
      return [
        {
          verdict: 'failed',
          title: `The audit log is not whole: ${first.problem}`,
          evidence: `${first.file}, line ${first.line}`,
          hint: 'Somebody or something changed it after it was written, or the key is another. Keep the folder as it is, compare it with a copy, and run `jotgate audit verify`, which lists every such line.',
          source: guide,
        },
      ]
    },
  },
]

const unusable = (what: string, problem: string): Outcome => ({
  verdict: 'failed',
  title: `${what} cannot be used: ${problem}`,
  hint: 'Run doctor and the gateway as the same user, and give that user the folder: `chown`, `chmod 700`.',
  source: guide,
})

const full = (where: string, freeBytes: number): Outcome => ({
  verdict: 'warning',
  title: `${Math.floor(freeBytes / 1_048_576)} MiB are left where ${where} is: with a full disk nobody is let in`,
  hint: 'Make room, or move old files of the audit log away as the guide says.',
  source: guide,
})

type Place =
  | { readonly problem: string }
  | { readonly isOpenToOthers: boolean; readonly mode: string; readonly freeBytes: number }

/** What can be told of a file that may not be there yet: then of the nearest folder that is. */
async function placeOf(file: string): Promise<Place> {
  let at = file
  for (;;)
    try {
      const found = await stat(at)
      const isFile = at === file
      await access(at, constants.W_OK | constants.R_OK)
      const { bavail, bsize } = await statfs(at)
      const mode = (found.mode & 0o777).toString(8)
      const isOpenToOthers =
        process.platform !== 'win32' && isFile && found.isFile() && (found.mode & 0o077) !== 0
      return { isOpenToOthers, mode, freeBytes: bavail * bsize }
    } catch (error) {
      if (!isSystemError(error)) throw error
      const up = dirname(at)
      if (error.code !== 'ENOENT' || up === at) return { problem: `${at} (${systemCode(error)})` }
      at = up
    }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    if (!isSystemError(error)) throw error
    return error.code !== 'ENOENT'
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  try {
    for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error
  }
  return bytes
}
