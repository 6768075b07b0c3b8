import type { ClientManagedOptions } from '../token/index.ts'
import { type ProductName, productNames } from '../values/index.ts'
import { configErrors } from './errors.ts'
import { optionOf, variableOf } from './setting.ts'
import type { Settings } from './settings.ts'
import { settingsTable } from './settings-table.ts'

/** The options of the function of `token` that makes a deployment of a product. */
interface OptionsOf {
  readonly cloud: { url: string; issuer: string }
  readonly 'client-managed': ClientManagedOptions
}

/** A deployment in plain options, for the function of `token` that makes one of them. */
export type DeploymentOptions<Name extends ProductName = ProductName> = {
  readonly [Product in Name]: { readonly product: Product; readonly options: OptionsOf[Product] }
}[Name]

/** Gives the value of a setting, or notes that it is missing and gives a placeholder. */
type Need = (name: 'url' | 'issuer' | 'userDirectory', otherwise?: string) => string

/** What differs by product in a configuration. */
export const products: {
  readonly [Name in ProductName]: {
    /** In words, for messages. */
    readonly title: string
    readonly toOptions: (settings: Settings, need: Need) => OptionsOf[Name]
  }
} = {
  cloud: {
    title: 'Qlik Cloud',
    toOptions: (_, need) => ({ url: need('url'), issuer: need('issuer') }),
  },
  'client-managed': {
    title: 'client-managed Qlik',
    toOptions: ({ prefix = '', audience, alg, claims = {} }, need) => ({
      url: need('url'),
      prefix,
      // A constant of the virtual proxy must be the directory: no second complaint about that.
      userDirectory: need('userDirectory', /^\[(.+)\]$/.exec(claims.userDirectory ?? '')?.[1]),
      claims: {
        userId: claims.userId ?? 'userId',
        userDirectory: claims.userDirectory ?? 'userDirectory',
        groups: claims.groups ?? 'group',
        attributes: claims.attributes ?? { name: 'name', email: 'email' },
      },
      audience,
      ...(alg === undefined ? {} : { algorithms: [alg] }),
    }),
  },
}

/** Takes from a lookup table what belongs to the product of a deployment, and gives it the options. */
export function forProduct<Name extends ProductName, Result>(
  { product, options }: DeploymentOptions<Name>,
  table: { readonly [Product in ProductName]: (options: OptionsOf[Product]) => Result },
): Result {
  return table[product](options)
}

/** Stands where a token needs no address: nothing can ever listen there (RFC 2606 section 2). */
const nowhere = 'https://qlik.invalid'

/** Stands where something is missing, so that the rest can be looked at. */
const placeholder = 'missing'

/**
 * Makes plain options of settings, for the part `token`.
 *
 * @param needsUrl whether the deployment will be spoken to; a token alone does not need its address
 * @throws ERR_CONFIG_MISSING with everything that is missing
 */
export function toDeploymentOptions(settings: Settings, needsUrl: boolean): DeploymentOptions {
  const { options, missing } = findDeploymentOptions(settings, needsUrl)
  if (options === undefined || missing.length > 0)
    throw configErrors.ERR_CONFIG_MISSING({ missing })
  return options
}

/**
 * Does the same for a caller that looks for other problems too: what is missing has a placeholder. There
 * are no options while the product is not known.
 */
export function findDeploymentOptions(
  settings: Settings,
  needsUrl: boolean,
): { options: DeploymentOptions | undefined; missing: readonly string[] } {
  const { product } = settings
  if (product === undefined) {
    const ways = productNames.map((name) => `--for ${name}`).join(' or ')
    return {
      options: undefined,
      missing: [`the product: ${ways} (JOTGATE_FOR), or --deployment NAME`],
    }
  }
  const missing: string[] = []
  const need: Need = (name, otherwise = placeholder) => {
    const value = settings[name]
    if (value !== undefined) return value
    if (name === 'url' && !needsUrl) return nowhere
    missing.push(waysToSay(name))
    return name === 'url' ? nowhere : otherwise
  }
  return { options: optionsFor(product, settings, need), missing }
}

function optionsFor<Name extends ProductName>(product: Name, settings: Settings, need: Need) {
  const { toOptions } = products[product]
  return { product, options: toOptions(settings, need) } as DeploymentOptions
}

/** `the issuer: --issuer (JOTGATE_ISSUER, or signing.issuer in the file)`. */
function waysToSay(name: string): string {
  const { flag = '', place, title } = settingsTable.find((one) => one.name === name) ?? {}
  return `${title}: ${optionOf(flag)} (${variableOf(flag)}, or ${place} in the file)`
}
