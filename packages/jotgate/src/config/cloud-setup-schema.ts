import * as z from 'zod'
import { duration, notBoth, origin, secretPlace, setting, text } from './schema-forms.ts'
import { commonSetup } from './setup-schema.ts'

// The members `setup` and `administrator` of a Qlik Cloud deployment.

const onTenant = 'client-managed Qlik has no such thing'
const repository =
  'client-managed Qlik is administered at its repository, with a client certificate'
const administrator = { group: 'administrator', elsewhere: repository } as const

const role = text(64)

const member = z.strictObject({
  group: text(256).optional().meta({ description: 'the name of a group' }),
  user: text(256).optional().meta({ description: 'the subject of a user' }),
  roles: z.array(role).min(1).max(20).meta({ description: 'roles in the space' }),
})

const space = z.strictObject({
  name: text(256).meta({ description: 'its name' }),
  type: z.enum(['shared', 'managed', 'data']).meta({ description: 'what kind of space it is' }),
  description: text(900).optional().meta({ description: 'its description' }),
  members: z
    .array(
      member
        .refine(({ group, user }) => (group === undefined) !== (user === undefined), {
          message: 'must have one of `group` and `user`',
        })
        .meta({ oneOf: [{ required: ['group'] }, { required: ['user'] }] }),
    )
    .max(200)
    .optional()
    .meta({ description: 'who has which roles; members are left alone when omitted' }),
})

const setup = z
  .strictObject({
    ...commonSetup,
    title: setting(text(200), {
      description: 'what the objects are called in Qlik’s console',
      otherwise: 'the issuer',
      elsewhere: onTenant,
    }).optional(),
    clockTolerance: duration({
      description:
        'how far the clocks may differ; Qlik lets it be set when the identity provider is made, and never changed',
      otherwise: 'Qlik’s own',
      elsewhere: onTenant,
    }).optional(),
    createGroups: setting(z.boolean(), {
      description: 'whether Qlik makes the groups that a token names',
      form: 'boolean',
      otherwise: 'true',
      elsewhere: onTenant,
    }).optional(),
    contentSecurityPolicy: setting(z.record(origin(), z.array(text(32)).min(1).max(13)), {
      description:
        'further entries of the Content Security Policy: for an origin its directives, such as imgSrc',
      otherwise: 'frameAncestors for each of `origins`',
      elsewhere: onTenant,
      form: 'object',
    }).optional(),
    spaces: setting(z.array(space).max(100), {
      description: 'spaces, and who has which roles in them',
      form: 'list',
      otherwise: 'none',
      elsewhere: onTenant,
    }).optional(),
  })
  .optional()
  .meta({ description: 'what the tenant should have' })

const oauth = z
  .strictObject({
    clientId: setting(text(256), {
      ...administrator,
      flag: '--oauth-client-id <id>',
      description: 'an OAuth machine client of the tenant',
    }).optional(),
    secret: secretPlace(
      'the secret of the OAuth client',
      {
        ...administrator,
        flag: '--oauth-secret-file <file>',
        description: 'the file with the secret of the OAuth client',
      },
      {
        ...administrator,
        flag: '--oauth-secret-env <name>',
        description: 'the environment variable that holds the secret of the OAuth client',
      },
    ).optional(),
    key: secretPlace(
      'the private key of the OAuth client',
      {
        ...administrator,
        flag: '--oauth-key-file <file>',
        description:
          'the private key by which the OAuth client proves itself, in place of a secret',
      },
      {
        ...administrator,
        flag: '--oauth-key-env <name>',
        description: 'the environment variable that holds the private key of the OAuth client',
      },
    ).optional(),
    kid: setting(text(256), {
      ...administrator,
      flag: '--oauth-kid <id>',
      description: 'the key ID of the private key of the OAuth client',
      otherwise: 'the key’s thumbprint',
    }).optional(),
  })
  .refine(({ secret, key }) => secret === undefined || key === undefined, {
    message: 'has both `secret` and `key`, and a client proves itself by one of them',
  })
  .meta(notBoth('secret', 'key'))
  .optional()
  .meta({ description: 'an OAuth machine client, in place of an API key' })

/** What a Qlik Cloud deployment has beside address and signing: for provisioning. */
export const cloudProvision = {
  setup,
  administrator: z
    .strictObject({
      apiKey: secretPlace(
        'the API key of an administrator',
        {
          ...administrator,
          flag: '--api-key-file <file>',
          description: 'the file with an API key of a user with the role TenantAdmin',
        },
        {
          ...administrator,
          flag: '--api-key-env <name>',
          description:
            'the environment variable that holds an API key of a user with the role TenantAdmin',
        },
      ).optional(),
      oauth,
    })
    .refine(({ apiKey, oauth: client }) => apiKey === undefined || client === undefined, {
      message: 'has both `apiKey` and `oauth`, and an administrator is reached by one of them',
    })
    .meta(notBoth('apiKey', 'oauth'))
    .optional()
    .meta({
      description: 'how an administrator is to be reached: by an API key or an OAuth client',
    }),
}
