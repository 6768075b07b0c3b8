import {
  forProduct,
  type ProductName,
  productNames,
  toDeploymentOptions,
} from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import type { QlikSession } from '../../qlik/index.ts'
import type { Deployment } from '../../token/index.ts'
import type { Call, OptionSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { parseJsonInput, readInput } from '../read-input.ts'

export const sessionFileOption: OptionSpec = {
  flags: '--session-file <file>',
  description: 'what `session open --json` wrote; - is stdin',
}

/** The JSON of a session; its secrets are in it, so it goes where it was asked to go and nowhere else. */
export function toSessionJson({ deployment, cookies, csrfToken, openedAt }: QlikSession) {
  const { product, url } = deployment
  return {
    product,
    url,
    cookies: Object.fromEntries(cookies),
    csrfToken,
    openedAt: new Date(openedAt).toISOString(),
  }
}

type Kept = { readonly [Name in keyof ReturnType<typeof toSessionJson>]?: unknown }

/** Reads what `session open --json` wrote. */
export async function readKeptSession(call: Call, file: string): Promise<QlikSession> {
  const source = file === '-' ? 'The standard input' : file
  const value = parseJsonInput(await readInput(call, '--session-file', file), source)
  const wrong = (problem: string, cause?: unknown) =>
    cliErrors.ERR_CLI_INPUT({ source, problem: `holds no session: ${problem}` }, { cause })
  if (typeof value !== 'object' || value === null) throw wrong('it must be a JSON object')
  const { product: typed, url, cookies, csrfToken, openedAt } = value as Kept
  if (typeof url !== 'string' || typeof csrfToken !== 'string' || typeof openedAt !== 'string')
    throw wrong('url, csrfToken and openedAt must be texts')
  if (typeof cookies !== 'object' || cookies === null || Array.isArray(cookies))
    throw wrong('cookies must be an object')
  const product = productNames.find((name) => name === typed)
  if (product === undefined) throw wrong(`product must be ${productNames.join(' or ')}`)
  const { restoreSession } = await import('../../qlik/index.ts')
  try {
    return restoreSession({
      deployment: await toDeployment(product, url),
      cookies: Object.entries(cookies),
      csrfToken,
      openedAt: Date.parse(openedAt),
    })
  } catch (error) {
    if (!isJotgateError(error) || error.code === 'ERR_CLI_SESSION_PRODUCT') throw error
    throw wrong(error.message, error)
  }
}

async function toDeployment(product: ProductName, url: string): Promise<Deployment> {
  const { cloud } = await import('../../token/index.ts')
  // Issuer and directory have done their work; the types alone ask for them.
  const said = { product, url, issuer: 'in the token', userDirectory: 'in the token' }
  return forProduct<Deployment>(toDeploymentOptions(said, true), {
    cloud,
    clientManaged: () => {
      throw cliErrors.ERR_CLI_SESSION_PRODUCT({ qlik: 'client-managed Qlik' })
    },
  })
}
