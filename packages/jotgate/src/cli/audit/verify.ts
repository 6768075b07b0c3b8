import type { AuditVerification } from '../../gateway/index.ts'
import { type Call, type CommandSpec, resultOptions } from '../command.ts'
import { inColumns, layoutFor } from '../layout.ts'
import { gatherProblems } from '../problems.ts'

/** `jotgate audit verify`. */
export const auditVerify: CommandSpec = {
  name: 'audit verify',
  summary: 'whether the gateway’s audit log is whole',
  description:
    'Verifies the audit log of a gateway: finds lines that were removed, changed, swapped or inserted, files that are missing, and an end that was cut off, up to the last line that the store or a head names.',
  options: [
    { flags: '--folder <dir>', description: 'the folder of the log', onlyFlag: true },
    {
      flags: '--key-file <file>',
      description: 'the key with which it was written',
      onlyFlag: true,
    },
    {
      flags: '--store <file>',
      description: 'the gateway’s store, which knows how far the log was; the gateway may run',
      onlyFlag: true,
    },
    {
      flags: '--store-keys <file>',
      description: 'the key ring of the store',
      onlyFlag: true,
    },
    {
      flags: '--head <head>',
      description: 'how far the log was, as the gateway wrote it on stdout (FILE:NUMBER:MAC)',
      repeatable: true,
      onlyFlag: true,
    },
    {
      flags: '--from <name>',
      description: 'the oldest file that must be there, when older ones were moved away',
      otherwise: 'none were moved away',
      onlyFlag: true,
    },
    ...resultOptions,
  ],
  examples: [
    'jotgate audit verify --folder /var/log/jotgate --key-file audit.key --store sessions.db --store-keys store-keys.json',
    'jotgate audit verify --folder /var/log/jotgate --key-file audit.key --head "$(cat last-head)" --json',
  ],
  notes:
    'Exit code 3 when something is wrong with the log, and 1 when it cannot be read.\nWith --json: { files, boots, lines, findings: [{ file, line, problem }], furtherFindings, notes: [{ file, line, problem }], head };\nline is 0 for a file as a whole.',
  async run(call) {
    const { folder, keyFile, store, storeKeys } = readLine(call)
    const { readAuditKey, readKeyRing, readStoreAnchors, verifyAuditLog } = await import(
      '../../gateway/index.ts'
    )
    const heads = call.values.list('head')
    const from = call.values.text('from')
    const key = await readAuditKey(keyFile)
    // Before the log, which goes on meanwhile.
    const anchors =
      store === undefined || storeKeys === undefined
        ? []
        : await readStoreAnchors({ file: store, keys: await readKeyRing({ file: storeKeys }) })
    if (store !== undefined && anchors.length === 0)
      call.note('warning: the store names no line of the log: an end that was cut off is not found')
    if (store === undefined && heads.length === 0)
      call.note(
        'warning: without --store or --head, lines that were cut off the end of the newest file are not found',
      )
    const onProgress = createProgress(call)
    try {
      const verification = await verifyAuditLog({
        ...{ folder, key, anchors, heads, onProgress, signal: call.signal },
        ...(from === undefined ? {} : { from }),
      })
      return {
        text: inWords(call, verification),
        json: verification,
        exitCode: verification.findings.length === 0 ? 0 : 3,
      }
    } finally {
      if (call.terminal.stderrIsTerminal) call.terminal.showProgress('')
    }
  },
}

function readLine(call: Call) {
  const problems = gatherProblems(call)
  const [folder, keyFile, store, storeKeys] = ['folder', 'keyFile', 'store', 'storeKeys'].map(
    (name) => call.values.text(name),
  )
  if (folder === undefined) problems.add('missing: --folder, the folder of the log')
  if (keyFile === undefined) problems.add('missing: --key-file, the key of the log')
  if ((store === undefined) !== (storeKeys === undefined))
    problems.add('--store and --store-keys belong together')
  problems.tell()
  return { folder: folder ?? '', keyFile: keyFile ?? '', store, storeKeys }
}

const shownEveryMs = 100

function createProgress(call: Call) {
  let shownAt = Number.NEGATIVE_INFINITY
  return (bytes: number, total: number) => {
    if (!call.terminal.stderrIsTerminal || performance.now() - shownAt < shownEveryMs) return
    shownAt = performance.now()
    call.terminal.showProgress(
      `${Math.floor((bytes / total) * 100)}% of ${toMebibytes(total)} read`,
    )
  }
}

const toMebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`

function inWords(call: Call, verification: AuditVerification): string {
  const { files, boots, lines, findings, furtherFindings, notes, head } = verification
  const { paint } = layoutFor(call.terminal, 'stdout')
  const what = `${plural(lines, 'line')} in ${plural(files, 'file')} of ${plural(boots, 'run')}`
  const sentence =
    findings.length === 0
      ? `${paint('green', 'The log is whole')}: ${what}.\n`
      : `${paint('red', 'The log is not whole')}: ${plural(findings.length + furtherFindings, 'finding')} in ${what}.\n`
  const end = head === undefined ? '' : `It ends at ${head}\n`
  const rowsOf = (found: typeof findings) =>
    inColumns([
      ['FILE', 'LINE', 'PROBLEM'],
      ...found.map(({ file, line, problem }) => [file, line === 0 ? '-' : `${line}`, problem]),
    ])
  const table = findings.length === 0 ? '' : `\n${rowsOf(findings)}`
  const further = furtherFindings === 0 ? '' : `and ${furtherFindings} more\n`
  const other =
    notes.length === 0
      ? ''
      : `\n${paint('dim', 'No sign of a change, but told:')}\n${rowsOf(notes)}`
  return `${sentence}${end}${table}${further}${other}`
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
