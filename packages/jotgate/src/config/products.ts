import type { ClientManagedOptions } from '../token/index.ts'
import { configErrors } from './errors.ts'
import type { ProductName } from './product-names.ts'
import type { Settings } from './settings.ts'

/** A deployment in plain options, for the function of `token` that makes one of them. */
export type DeploymentOptions =
  | { readonly product: 'cloud'; readonly options: { url: string; issuer: string } }
  | { readonly product: 'client-managed'; readonly options: ClientManagedOptions }

interface ProductFacts {
  /** In words, for messages. */
  readonly title: string
  /** Options that mean nothing here, with what to do instead. */
  readonly foreignOptions: Readonly<Record<string, string>>
  /** What `jotgate init` asks for besides the address, and whether it is the signer's. */
  readonly asks: Readonly<Record<string, 'deployment' | 'signing'>>
}

const onlyThere = 'is for client-managed Qlik only; Qlik Cloud'

/** What the products ask of a command line. */
export const products: Readonly<Record<ProductName, ProductFacts>> = {
  cloud: {
    title: 'Qlik Cloud',
    asks: { issuer: 'signing' },
    foreignOptions: {
      userId: `${onlyThere} calls it --subject`,
      userDirectory: `${onlyThere} has no user directories`,
      audience: `${onlyThere} always has the audience qlik.api/login/jwt-session`,
      alg: `${onlyThere} takes RS256 alone`,
      prefix: `${onlyThere} has no virtual proxies`,
      claim: `${onlyThere} reads no claims of your own`,
      claimUserId: `${onlyThere} has fixed names for its claims`,
      claimUserDirectory: `${onlyThere} has fixed names for its claims`,
      claimGroups: `${onlyThere} has fixed names for its claims`,
    },
  },
  'client-managed': {
    title: 'client-managed Qlik',
    asks: { prefix: 'deployment', userDirectory: 'deployment' },
    foreignOptions: {
      subject: 'is for Qlik Cloud only; client-managed Qlik calls it --user-id',
      issuer: 'is for Qlik Cloud only; client-managed Qlik knows the key by its certificate',
      emailVerified: 'is for Qlik Cloud only; client-managed Qlik does not read it',
    },
  },
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
 * The same for whoever goes on to look for other problems: what is missing has a word of its own in its
 * place. There are no options while the product is not known.
 */
export function findDeploymentOptions(
  settings: Settings,
  needsUrl: boolean,
): { options: DeploymentOptions | undefined; missing: readonly string[] } {
  const missing: string[] = []
  const need = (value: string | undefined, words: string, otherwise = placeholder): string => {
    if (value === undefined) missing.push(words)
    return value ?? otherwise
  }
  const { product } = settings
  if (product === undefined) {
    const words =
      'the product: --for cloud or --for client-managed (JOTGATE_FOR), or --deployment NAME'
    return { options: undefined, missing: [words] }
  }
  return { options: build({ ...settings, product }, needsUrl, need), missing }
}

function build(
  settings: Settings & { product: ProductName },
  needsUrl: boolean,
  need: (value: string | undefined, words: string, otherwise?: string) => string,
): DeploymentOptions {
  const { product, issuer, prefix = '', userDirectory, audience, alg, claims = {} } = settings
  const url = needsUrl
    ? need(settings.url, 'the address: --url (JOTGATE_URL, or url in the file)', nowhere)
    : (settings.url ?? nowhere)
  if (product === 'cloud') {
    const words = 'the issuer: --issuer (JOTGATE_ISSUER, or signing.issuer in the file)'
    return { product, options: { url, issuer: need(issuer, words) } }
  }
  const words =
    'the user directory: --user-directory (JOTGATE_USER_DIRECTORY, or userDirectory in the file)'
  return {
    product,
    options: {
      url,
      prefix,
      // A constant of the virtual proxy must be the directory: no second complaint about that.
      userDirectory: need(userDirectory, words, /^\[(.+)\]$/.exec(claims.userDirectory ?? '')?.[1]),
      claims: {
        userId: claims.userId ?? 'userId',
        userDirectory: claims.userDirectory ?? 'userDirectory',
        groups: claims.groups ?? 'group',
        attributes: claims.attributes ?? { name: 'name', email: 'email' },
      },
      audience,
      ...(alg === undefined ? {} : { algorithms: [alg] }),
    },
  }
}

/** Goes one way for each product: the only place besides `token` and `qlik` that tells them apart. */
export function forProduct<Result>(
  deployment: DeploymentOptions,
  makers: {
    cloud: (options: { url: string; issuer: string }) => Result
    clientManaged: (options: ClientManagedOptions) => Result
  },
): Result {
  return deployment.product === 'cloud'
    ? makers.cloud(deployment.options)
    : makers.clientManaged(deployment.options)
}

/** Says which product a token was made for, by its audience; undefined when that does not tell. */
export function productOfClaims(
  claims: Readonly<Record<string, unknown>>,
): ProductName | undefined {
  const { aud, userId, userDirectory } = claims
  if ([aud].flat().includes('qlik.api/login/jwt-session') || 'subType' in claims) return 'cloud'
  return userId === undefined && userDirectory === undefined ? undefined : 'client-managed'
}
