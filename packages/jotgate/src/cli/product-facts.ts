import { type DeploymentOptions, forProduct } from '../config/index.ts'
import {
  type Deployment,
  readClientManaged,
  readClientManagedUser,
  readCloud,
  readCloudUser,
  type User,
} from '../token/index.ts'
import type { ProductName, Reading } from '../values/index.ts'
import { isTextual } from './claim-values.ts'

/** What differs by product in the command. */
export interface ProductFacts {
  /** Makes the deployment, or says everything that is wrong with its options. */
  readDeployment(): Reading<Deployment>
  /** The fields that every user needs, with what is said when one is missing. */
  readonly neededFields: Readonly<Record<string, string>>
  /** Reads a user, to see what is wrong with it. */
  readUser(user: User): Reading<unknown>
  /** The attributes of a user that a claim holds, and why others have none. */
  readonly sentAttributes: Readonly<Record<string, string>>
  readonly whyNotSent: string
  readonly readsEmailVerified: boolean
  /** What is right about a user, and may still not be what was meant. */
  noteOf(user: User): string | undefined
  /** The command that hands a token to qlik-cli; none where qlik-cli cannot use it. */
  readonly qlikCliCommand?: (token: string) => string
}

/** The only table of the command by product. */
export function factsFor(options: DeploymentOptions): ProductFacts {
  return forProduct<ProductName, ProductFacts>(options, {
    cloud: (ofCloud) => ({
      readDeployment: () => readCloud(ofCloud),
      neededFields: {
        subject: '--subject is missing: Qlik identifies its user by it, so it is never made up',
        name: '--name is missing: Qlik Cloud requires it',
        email: '--email is missing: Qlik Cloud requires it',
      },
      readUser: readCloudUser,
      sentAttributes: {},
      whyNotSent: 'Qlik Cloud reads no other claims',
      readsEmailVerified: true,
      noteOf: ({ emailVerified }) =>
        emailVerified === undefined
          ? 'the e-mail address counts as not verified; --email-verified true says otherwise'
          : undefined,
    }),
    'client-managed': (ofServer) => ({
      readDeployment: () => readClientManaged(ofServer),
      neededFields: { subject: '--user-id is missing' },
      readUser: (user) => readClientManagedUser(ofServer, user),
      sentAttributes: ofServer.claims.attributes ?? {},
      whyNotSent: 'claims.attributes in the configuration file names no claim for it',
      readsEmailVerified: false,
      noteOf({ attributes = {} }) {
        const others = Object.keys(attributes).filter((name) => !isTextual(attributes[name]))
        return others.length === 0
          ? undefined
          : `${others.join(', ')}: not a string; Qlik’s examples have strings only, so try it in a security rule`
      },
      // https://qlik.dev/toolkits/qlik-cli/qlik-cli-qrs-get-started: a context of the type windows takes a JWT.
      qlikCliCommand(token) {
        const { url, prefix } = ofServer
        const name = prefix === '' ? 'jotgate' : `jotgate-${prefix}`
        const server = [url.replace(/\/$/, ''), ...(prefix === '' ? [] : [prefix])].join('/')
        return `qlik context create ${name} --server ${server} --server-type windows --api-key ${token}`
      },
    }),
  })
}
