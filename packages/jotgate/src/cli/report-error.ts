import { isJotgateError, type JotgateError } from '../errors/index.ts'
import { escapeForTerminal } from '../values/index.ts'
import { hintOf } from './hints.ts'
import { type Layout, layoutFor } from './layout.ts'
import type { Terminal } from './terminal.ts'

/**
 * Says on stderr what went wrong, what to do next, and which command tells more.
 *
 * @returns the exit code: 1 failed, 2 wrong use, 70 a bug in jotgate
 */
export async function reportError(
  error: unknown,
  terminal: Terminal,
  asJson: boolean,
): Promise<1 | 2 | 70> {
  if (!isJotgateError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    terminal.writeErr(`A bug of jotgate. Please report it with these lines:\n${text}\n`)
    return 70
  }
  const words = asJson
    ? toJson(error)
    : toWords(error, await explanations(error), layoutFor(terminal, 'stderr'))
  terminal.writeErr(words)
  return error.kind === 'use' ? 2 : 1
}

/** What Qlik said, and how far a plan came, has parts that a script decides by; the details of other errors are in their message. */
function toJson(error: JotgateError): string {
  const { code, docs, details, message } = error
  const parts = /^ERR_(QLIK|PROVISION)_/.test(code) ? { details } : {}
  return `${JSON.stringify({ error: { code, message, hint: hintOf(error), docs, ...parts } })}\n`
}

function toWords(error: JotgateError, more: readonly string[], { paint, wrap }: Layout): string {
  const lines = [
    `${paint('red', `error[${error.code}]`)}: ${shown(error.message)}`,
    `${paint('cyan', 'hint')}: ${shown(hintOf(error))}`,
    paint('dim', `more: ${more.join(', ')}`),
  ]
  return `${lines.map((line) => wrap(line, '  ')).join('\n')}\n`
}

/** What it repeats from outside must not pass for a style. */
const shown = (text: string) => escapeForTerminal(text, { keepLines: true })

/** The commands that explain an error; the first one Qlik's own code, where it has a page. */
async function explanations({ code, docs, details }: JotgateError): Promise<readonly string[]> {
  const told = (details as { readonly code?: unknown }).code
  if (!code.startsWith('ERR_QLIK_') || typeof told !== 'string') return [docs]
  const { qlikErrors } = await import('../doctor/index.ts')
  const isKnown = qlikErrors.some(({ name }) => name === told)
  return isKnown ? [`jotgate explain ${told}`, docs] : [docs]
}
