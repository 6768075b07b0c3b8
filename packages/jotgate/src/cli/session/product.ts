import { isJotgateError } from '../../errors/index.ts'
import { type DeploymentAddress, productFor } from '../../qlik/index.ts'
import { cliErrors } from '../errors.ts'

/** Says which sessions this version opens; only the product seam knows. */
export async function checkProduct(deployment: DeploymentAddress): Promise<void> {
  try {
    productFor(deployment)
  } catch (error) {
    if (isJotgateError(error) || !(error instanceof TypeError)) throw error
    const qlik = 'client-managed Qlik'
    throw cliErrors.ERR_CLI_SESSION_PRODUCT({ qlik }, { cause: error })
  }
}
