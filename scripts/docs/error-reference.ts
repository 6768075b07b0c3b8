import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ErrorDefinition, messageForm } from '../../packages/jotgate/src/errors/index.ts'

const source = fileURLToPath(new URL('../../packages/jotgate/src', import.meta.url))

interface CataloguedError {
  part: string
  code: string
  definition: ErrorDefinition<unknown>
}

/** Reads every part's errors.ts: what is not in there cannot be thrown. */
export async function readErrorCatalogue(): Promise<CataloguedError[]> {
  const errors: CataloguedError[] = []
  for (const part of readdirSync(source).sort()) {
    const file = `${source}/${part}/errors.ts`
    // The lowest part defines what a catalogue is; it has no errors of its own.
    if (part === 'errors' || !existsSync(file)) continue
    const module = (await import(file)) as Record<string, Record<string, CataloguedError>>
    for (const catalogue of Object.values(module)) {
      for (const { code, definition } of Object.values(catalogue)) {
        errors.push({ part, code, definition })
      }
    }
  }
  return errors.sort((a, b) => a.code.localeCompare(b.code, 'en'))
}

/** The page docs/reference/errors.md. */
export async function errorReference(): Promise<string> {
  const errors = await readErrorCatalogue()
  const lines = [
    '# Errors',
    '',
    '<!-- Generated from the errors.ts of each part by `npm run docs`. Do not edit. -->',
    '',
    'Every failure that jotgate detects is a `JotgateError` with one of these codes. Codes are never used again for',
    'something else. `isJotgateError(error, code)` recognises them. The values in ‹ › are in `error.details`.',
    '`jotgate explain CODE` prints an entry in the terminal.',
  ]
  for (const { code, part, definition } of errors) {
    lines.push(
      '',
      `## ${code}`,
      '',
      messageForm(definition),
      '',
      `- What to do: ${definition.hint}`,
      `- Kind: ${kinds[definition.kind]}`,
      `- HTTP status where a server answers it: ${definition.status}`,
      `- Part: \`${part}\``,
    )
  }
  return `${lines.join('\n')}\n`
}

const kinds = {
  use: 'wrong use: what was given must change before another try',
  failure: 'failure',
} as const
