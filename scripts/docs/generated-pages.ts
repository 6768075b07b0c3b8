import { cliReference } from './cli-reference.ts'
import { clientManagedParityText, clientManagedReference } from './client-managed-parity.ts'
import { configReference, configSchemaText } from './config-reference.ts'
import { doctorReference } from './doctor-reference.ts'
import { parityText } from './emulator-parity.ts'
import { emulatorReference, measureParity } from './emulator-reference.ts'
import { errorReference } from './error-reference.ts'
import { firstChartFile, firstChartGuide } from './first-chart.ts'
import { qlikErrorsReference } from './qlik-errors-reference.ts'
import { rulesReference } from './rules-reference.ts'
import { settingsTableFile, settingsTableText } from './settings-table.ts'

/** Every generated file, by its path; a test holds them against the files. */
export async function generatedPages(): Promise<Record<string, string>> {
  const parity = await measureParity()
  return {
    'docs/reference/emulator.md': emulatorReference(parity),
    'docs/reference/emulator.json': parityText(parity),
    'docs/reference/emulator-client-managed.md': clientManagedReference(),
    'docs/reference/emulator-client-managed.json': clientManagedParityText(),
    'docs/reference/cli.md': await cliReference(),
    'docs/reference/config.md': configReference(),
    'docs/reference/errors.md': await errorReference(),
    'docs/reference/doctor.md': doctorReference(),
    'docs/reference/qlik-errors.md': qlikErrorsReference(),
    'docs/reference/rules.md': rulesReference(),
    [firstChartFile]: firstChartGuide(),
    [settingsTableFile]: settingsTableText(),
    'packages/jotgate/config.schema.json': configSchemaText(),
  }
}
