import { emulatorReference } from './emulator-reference.ts'
import { errorReference } from './error-reference.ts'
import { rulesReference } from './rules-reference.ts'

/** Every generated page of docs/reference, by its path; a test holds them against the files. */
export async function generatedPages(): Promise<Record<string, string>> {
  return {
    'docs/reference/emulator.md': await emulatorReference(),
    'docs/reference/errors.md': await errorReference(),
    'docs/reference/rules.md': rulesReference(),
  }
}
