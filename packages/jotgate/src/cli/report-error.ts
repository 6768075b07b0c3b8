import { isJotgateError, type JotgateError } from '../errors/index.ts'
import { hintOf, messageOf } from './hints.ts'
import { type Layout, layoutFor } from './layout.ts'
import type { Terminal } from './terminal.ts'

/** Wrong use: what was typed, set or written into the file must change before another try. */
const wrongUse: readonly string[] = [
  'ERR_CLI_USAGE',
  'ERR_CLI_COMMAND',
  'ERR_CLI_NOT_AN_API_KEY',
  'ERR_TOKEN_DEPLOYMENT',
  'ERR_TOKEN_USER',
  'ERR_TOKEN_LIFETIME',
  'ERR_TOKEN_OPTION',
  'ERR_TOKEN_ALGORITHM',
  'ERR_TOKEN_CHECK',
  'ERR_KEY_OPTION',
  'ERR_KEY_PFX_PASSPHRASE',
  'ERR_QLIK_OPTION',
]

/**
 * Says on stderr what went wrong and what to do next.
 *
 * @returns the exit code: 1 failed, 2 wrong use, 70 a bug of ours
 */
export function reportError(error: unknown, terminal: Terminal, asJson: boolean): 1 | 2 | 70 {
  if (!isJotgateError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    terminal.writeErr(`A bug of jotgate. Please report it with these lines:\n${text}\n`)
    return 70
  }
  terminal.writeErr(asJson ? toJson(error) : toWords(error, layoutFor(terminal, 'stderr')))
  const { code } = error
  return code.startsWith('ERR_CONFIG_') || wrongUse.includes(code) ? 2 : 1
}

/** What Qlik said has parts that a script decides by; the details of other errors are in their message. */
function toJson(error: JotgateError): string {
  const { code, docs, details } = error
  const message = messageOf(error)
  const parts = code.startsWith('ERR_QLIK_') ? { details } : {}
  return `${JSON.stringify({ error: { code, message, hint: hintOf(error), docs, ...parts } })}\n`
}

function toWords(error: JotgateError, { paint, wrap }: Layout): string {
  const { code, docs } = error
  const lines = [
    `${paint('red', `error[${code}]`)}: ${messageOf(error)}`,
    `${paint('cyan', 'hint')}: ${hintOf(error)}`,
    paint('dim', `docs: ${docs}`),
  ]
  return `${lines.map((line) => wrap(line, '  ')).join('\n')}\n`
}
