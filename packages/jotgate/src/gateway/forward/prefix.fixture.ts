import { productFor } from '../../qlik/index.ts'
import { clientManaged } from '../../token/index.ts'
import { createBasePath } from './base-path.ts'

/** A deployment whose paths begin with a prefix. */
export const prefixed = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory' },
})

/** The same prefix on both sides. */
export const samePrefix = createBasePath('/jwt')

/** Qlik's paths at the gateway's root. */
export const atRoot = createBasePath('/jwt', { atRoot: true })

export const prefixedProduct = productFor(prefixed)
