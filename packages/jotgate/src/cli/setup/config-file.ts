import { configFileName } from '../../config/index.ts'
import { cliErrors } from '../errors.ts'

/** Where no file was named, and none is there. */
export function configErrorFor(): Error {
  return cliErrors.ERR_CLI_INPUT({
    source: configFileName,
    problem: 'is not in this folder; `jotgate init` writes one, and --config names another',
  })
}
