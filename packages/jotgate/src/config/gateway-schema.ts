import * as z from 'zod'
import { address, whole } from './gateway-forms.ts'
import { authorise, identify } from './gateway-people-schema.ts'
import { duration, file, origin, setting, text } from './schema-forms.ts'

// The member `gateway`: what `jotgate gateway` runs. Its settings stand in the file alone.

/** What is said of one deployment. */
const ofDeployment = {
  hostNames: setting(z.array(text(255)).max(20), {
    description: 'other host names of the tenant, whose addresses are rewritten too',
    otherwise: 'none',
  }).optional(),
  nodes: setting(z.array(origin()).min(1).max(20), {
    description: 'addresses of the proxy nodes, where client-managed Qlik has several',
    otherwise: 'the deployment’s own address',
  }).optional(),
  atRoot: setting(z.boolean(), {
    description:
      'whether Qlik’s paths begin at the root of publicUrl, without the prefix of the virtual proxy',
    otherwise: 'false: they have the same prefix on both sides',
  }).optional(),
  isolate: setting(z.boolean(), {
    description:
      'whether each session has selections of its own: engine sessions apart from those of the same person’s other browsers',
    otherwise: 'false',
  }).optional(),
  proxyApis: setting(z.array(origin()).min(1).max(100), {
    description:
      'the proxy API (QPS) of each node of client-managed Qlik, such as https://node.acme.example:4243: where Qlik sessions end by their ID, when the deployment has a client certificate',
    otherwise: 'those of all nodes, as the repository names them',
  }).optional(),
}

const paths = z
  .strictObject({
    presets: setting(z.array(text(64)).max(20), {
      description: 'sets of the allow-list',
      otherwise: 'all that the product has for pages',
    }).optional(),
    allowPaths: setting(z.array(text(600)).max(1000), {
      description: 'further lines, such as GET /api/v1/data-files/*',
      otherwise: 'none',
    }).optional(),
    unlisted: setting(z.enum(['deny', 'report']), {
      description: 'what happens with other paths: refused, or carried and reported',
      otherwise: 'deny',
    }).optional(),
  })
  .optional()
  .meta({ description: 'which paths of Qlik are carried' })

/** An address of the gateway, and what is its own. */
const site = z.strictObject({
  publicUrl: setting(origin(), {
    description: 'the gateway’s own origin; requests for another host are refused',
  }),
  allowedOrigins: setting(z.array(origin()).min(1).max(100), {
    description: 'origins of the host application’s pages, of the same site',
  }),
  deployment: setting(text(64), {
    description: 'the deployment behind it',
    otherwise: 'the one that `authorise.deployments` names for each person',
  }).optional(),
  loginUrl: setting(address(), {
    description: 'where the host application logs people in',
  }).optional(),
  sameOrigin: setting(z.boolean(), {
    description: 'on the host application’s own origin: everything of its own is under /.jotgate',
    otherwise: 'false',
  }).optional(),
  staticFilesFrom: setting(text(64), {
    description:
      'where people have different deployments: whose static files are given to who has no session',
    otherwise: 'none',
  }).optional(),
  identify: identify.optional().meta({
    description: 'how it knows who sends a request to this site, as `gateway.identify`',
    otherwise: 'as the gateway does',
  }),
  authorise: authorise.meta({
    description: 'who may reach Qlik by this site, as `gateway.authorise`',
    otherwise: 'as for the gateway',
  }),
})

const tlsFiles = {
  certificateFile: file({
    description:
      'the certificate of the host name in `publicUrl`, followed by those of its issuers, in PEM',
  }),
  keyFile: file({
    description: 'its private key in PEM, not encrypted; mode 0600',
  }),
}

/** What the address of the administration has beside its port. */
const ofAddress = ['host', 'bearerFile', 'tls'] as const

/** The member `gateway` of the file. */
export const gateway = z
  .strictObject({
    publicUrl: site.shape.publicUrl.optional(),
    allowedOrigins: site.shape.allowedOrigins.optional(),
    deployment: setting(text(64), {
      description: 'the deployment behind it',
      otherwise: 'the one that is meant when none is named',
    }).optional(),
    ...ofDeployment,
    sites: setting(z.array(site).min(1).max(100), {
      description: 'several sites, in place of `publicUrl` and `allowedOrigins`',
      otherwise: 'one site',
    }).optional(),
    deployments: setting(z.record(text(64), z.strictObject({ ...ofDeployment, paths })), {
      description: 'with `sites`: what is said of one deployment, by its name',
      form: 'object',
      otherwise: 'nothing',
    }).optional(),
    listen: z
      .strictObject({
        host: setting(text(255), {
          description: 'the address or name at which it listens',
          otherwise: '127.0.0.1',
        }).optional(),
        port: setting(whole(0, 65_535), {
          description: 'the port; 0 chooses a free one',
          otherwise: '8080',
        }).optional(),
        tls: z
          .strictObject({
            ...tlsFiles,
            others: setting(z.array(z.strictObject(tlsFiles)).min(1).max(99), {
              description:
                'further certificates, for other host names: objects with certificateFile and keyFile',
              otherwise: 'none',
            }).optional(),
          })
          .optional()
          .meta({
            description: 'serves HTTPS itself',
            otherwise: 'none: HTTP, for what ends TLS in front of it',
          }),
      })
      .optional()
      .meta({ description: 'where it listens, and by which protocol' }),
    trustedProxies: setting(z.array(text(64)).max(100), {
      description:
        'addresses and networks of what stands in front of it, whose X-Forwarded-For is believed',
      otherwise: 'none',
    }).optional(),
    sameOrigin: site.shape.sameOrigin,
    loginUrl: site.shape.loginUrl,
    identify,
    authorise,
    session: z
      .strictObject({
        idle: duration({
          description: 'ends a session when nothing was asked for so long',
          otherwise: '30m',
        }).optional(),
        absolute: duration({
          description: 'ends every session after so long',
          otherwise: '8h',
        }).optional(),
        maxSessions: setting(whole(1, 1_000_000), {
          description: 'how many there may be',
          otherwise: '100000',
        }).optional(),
      })
      .optional()
      .meta({ description: 'how long sessions last' }),
    paths,
    store: z
      .strictObject({
        file: file({
          description: 'the SQLite file with the sessions',
          otherwise: 'jotgate-data/sessions.db',
        }).optional(),
        keysFile: file({
          description: 'the key ring that seals it; not in the same folder',
          otherwise: 'jotgate-secrets/store-keys.json',
        }).optional(),
      })
      .optional()
      .meta({ description: 'where sessions are kept' }),
    audit: z
      .strictObject({
        folder: file({
          description: 'the folder of the audit log',
          otherwise: 'jotgate-data/audit',
        }).optional(),
        keyFile: file({
          description: 'the key that chains its lines; not in the same folder',
          otherwise: 'jotgate-secrets/audit.key',
        }).optional(),
      })
      .optional()
      .meta({ description: 'where decisions are written down' }),
    admin: z
      .strictObject({
        socket: file({
          description:
            'the Unix socket for operators, in a folder in which no other user may write',
          otherwise: 'admin.sock beside the store; none on Windows',
        }).optional(),
        host: setting(text(255), {
          description: 'the address for operators’ programs; without `tls`, of this machine alone',
          otherwise: '127.0.0.1',
        }).optional(),
        port: setting(whole(0, 65_535), {
          description: 'its port; 0 chooses a free one',
          otherwise: 'no address, the socket alone',
        }).optional(),
        bearerFile: file({
          description: 'what requests to the address must bring; made by `gateway init`',
          otherwise: 'jotgate-secrets/admin-bearer.txt',
        }).optional(),
        tls: z
          .strictObject({
            certificateFile: file({ description: 'its certificate chain, PEM' }),
            keyFile: file({ description: 'the private key of the certificate, PEM' }),
          })
          .optional()
          .meta({ description: 'how the address is encrypted; needed beyond this machine' }),
      })
      .superRefine((admin, context) => {
        if (admin.port !== undefined) return
        for (const name of ofAddress.filter((one) => admin[one] !== undefined)) {
          const message = 'has no effect without `port`, and then there is no address'
          context.addIssue({ code: 'custom', path: [name], message })
        }
      })
      .optional()
      .meta({ description: 'where operators look at it, end sessions, and read metrics' }),
  })
  .superRefine((given, context) => {
    for (const message of formProblems(given)) context.addIssue({ code: 'custom', message })
    for (const { path, message } of choiceProblems(given))
      context.addIssue({ code: 'custom', path, message })
  })
  .meta({
    description: 'the gateway that `jotgate gateway` runs',
    oneOf: [{ required: ['publicUrl', 'allowedOrigins'] }, { required: ['sites'] }],
  })

/** What belongs to one site or to its deployment, and has its place there when there is a list. */
const ofOneSite = [
  'publicUrl',
  'allowedOrigins',
  'deployment',
  'loginUrl',
  'sameOrigin',
  'hostNames',
  'nodes',
  'atRoot',
  'isolate',
  'proxyApis',
] as const

function formProblems(
  given: {
    readonly [Name in (typeof ofOneSite)[number] | 'sites' | 'deployments']?: unknown
  },
): string[] {
  if (given.sites === undefined) {
    const isWhole = given.publicUrl !== undefined && given.allowedOrigins !== undefined
    return [
      ...(isWhole ? [] : ['must have `publicUrl` and `allowedOrigins`, or `sites`']),
      ...(given.deployments === undefined ? [] : ['has `deployments`, which needs `sites`']),
    ]
  }
  return ofOneSite
    .filter((name) => given[name] !== undefined)
    .map(
      (name) =>
        `has both \`sites\` and \`${name}\`, which then belongs in \`sites\` or \`deployments\``,
    )
}

interface Choosing {
  readonly deployment?: string | undefined
  readonly authorise?: { readonly deployments?: unknown } | undefined
}

/** Where people would be let in nowhere, since nothing says whose deployment is which, or two things do. */
function choiceProblems({
  sites,
  authorise,
}: Choosing & { readonly sites?: readonly Choosing[] | undefined }) {
  const shared = authorise?.deployments
  if (sites === undefined) {
    const message = 'needs `sites`: without a list, there is one deployment for everybody'
    return shared === undefined ? [] : [{ path: ['authorise', 'deployments'], message }]
  }
  return sites.flatMap((site, at) => {
    // A site's own rules stand in place of the gateway's.
    const own = site.authorise?.deployments
    const rules = site.authorise === undefined ? shared : own
    if (site.deployment === undefined && rules === undefined) {
      const message = 'names no `deployment`, and no rule of `authorise.deployments` does'
      return [{ path: ['sites', at], message }]
    }
    if (site.deployment === undefined || own === undefined) return []
    const message = 'cannot stand beside the site’s own `deployment`'
    return [{ path: ['sites', at, 'authorise', 'deployments'], message }]
  })
}

/** What the member holds. */
export type GatewayConfig = z.infer<typeof gateway>
