import type { OptionSpec } from './command.ts'
import { namingProducts } from './setting-options.ts'

const options: readonly OptionSpec[] = [
  {
    flags: '--subject <text>',
    description: 'who it is: the same at each login',
    products: ['cloud'],
    elsewhere: 'client-managed Qlik calls it --user-id',
  },
  {
    flags: '--user-id <text>',
    description: 'the user ID',
    products: ['client-managed'],
    elsewhere: 'Qlik Cloud calls it --subject',
  },
  { flags: '--name <text>', description: 'the name that Qlik shows' },
  { flags: '--email <text>', description: 'the e-mail address' },
  {
    flags: '--email-verified <bool>',
    description: 'whether the address is verified',
    choices: ['true', 'false'],
    otherwise: 'false',
    products: ['cloud'],
    elsewhere: 'client-managed Qlik does not read it',
  },
  { flags: '--group <name>', description: 'a group', repeatable: true },
  {
    flags: '--claim <name=value>',
    description: 'another claim: level=3, ok=true, roles=["a","b"], or a string',
    repeatable: true,
    products: ['client-managed'],
    elsewhere: 'Qlik Cloud reads no other claims',
  },
  {
    flags: '--user-json <file>',
    description: 'the user as a JSON object; - is stdin; the options above take precedence',
  },
]

/** Many users at once. */
export const batchOption: OptionSpec = {
  flags: '--batch <file>',
  description: 'users from a CSV file or JSON lines; - is stdin; the tokens are JSON lines',
}

/** Who the token speaks of. */
export const userOptions = options.map(namingProducts)
