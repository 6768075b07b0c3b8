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

/** What a token said of its user; anything can stand in a token. */
export interface Said {
  readonly subject: unknown
  /** Null where the product has no user directories. */
  readonly directory: unknown
  readonly name: unknown
  readonly email: unknown
  readonly groups: readonly unknown[]
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

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
  /** What a token says of its user, by the claims of this deployment. */
  saidBy(payload: Readonly<Record<string, unknown>>): Said
  /** The command that hands a token to qlik-cli; none where qlik-cli cannot use it. */
  readonly qlikCliCommand?: (token: string) => string
}

/** What Qlik tells of a user, and what of it is to be as the token said. */
export const toldOfUser: {
  readonly [Name in ProductName]: {
    readonly rows: readonly string[]
    readonly compared: readonly (keyof Said)[]
    readonly readsLicence: boolean
  }
} = {
  cloud: {
    rows: ['id', 'subject', 'name', 'email', 'groups', 'roles', 'status', 'tenantId', 'licence'],
    compared: ['subject', 'name', 'email', 'groups'],
    readsLicence: true,
  },
  // `/qps/user` tells no more; the name is the repository's, which has it from where the user came from.
  'client-managed': {
    rows: ['directory', 'subject', 'name'],
    compared: ['subject', 'directory'],
    readsLicence: false,
  },
}

/** What differs by the product of a deployment. */
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
      saidBy: ({ sub, name, email, groups }) => ({
        subject: sub ?? null,
        directory: null,
        name: name ?? null,
        email: email ?? null,
        groups: Array.isArray(groups) ? groups : [],
      }),
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
      saidBy(payload) {
        const { userId, userDirectory, groups = '', attributes = {} } = ofServer.claims
        const claim = (name: string | undefined) => (name && payload[name]) ?? null
        return {
          subject: claim(userId),
          // A name in square brackets is a constant of the virtual proxy.
          directory: /^\[(.+)\]$/.exec(userDirectory)?.[1] ?? claim(userDirectory),
          name: claim(attributes.name),
          email: claim(attributes.email),
          groups: listOf(payload[groups]),
        }
      },
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
