import { productFor } from '../../qlik/index.ts'
import { clientManaged } from '../../token/index.ts'

/** A deployment whose paths begin with a prefix. */
export const prefixed = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory' },
})

export const prefixedProduct = productFor(prefixed)
