import * as z from 'zod'
import { setting, text } from './schema-forms.ts'
import { commonSetup } from './setup-schema.ts'

// The members `setup` and `administrator` of a deployment of client-managed Qlik.

const elsewhere = 'Qlik Cloud has no virtual proxies'

const names = z.array(text(256)).min(1).max(100)

const virtualProxy = z.strictObject({
  description: text(256)
    .optional()
    .meta({ description: 'its description; `jotgate` when omitted' }),
  sessionCookieName: text(128).optional().meta({
    description:
      'the session cookie header name, which no other virtual proxy has; `X-Qlik-Session-` and the prefix when omitted',
  }),
  inactivityTimeout: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: 'the session inactivity timeout in minutes; 30 when omitted' }),
  sessionCookieDomain: text(253).optional().meta({
    description: 'the session cookie domain; the host that was asked when omitted',
  }),
  hostAllowList: names.optional().meta({
    description: 'host names beside Qlik’s own and those of `origins`, without scheme and port',
  }),
  responseHeaders: names.optional().meta({
    description:
      'additional response headers, each as `Name: value`, beside those that `origins` need',
  }),
  extendedSecurity: z.boolean().optional().meta({
    description: 'whether it is an extended security environment; false when omitted',
  }),
  nodes: names.optional().meta({
    description:
      'the names of the nodes for load balancing; every node with an engine when omitted',
  }),
  proxies: names.optional().meta({
    description:
      'the names of the nodes at whose proxies it is linked; when omitted those that the address leads to, the central one, and those where it is linked already',
  }),
})

/** What a deployment of client-managed Qlik has beside address and signing: for `jotgate plan`, `apply` and `doctor`. */
export const clientManagedProvision = {
  setup: z
    .strictObject({
      ...commonSetup,
      virtualProxy: setting(virtualProxy, {
        description: 'what the virtual proxy has that does not follow from the deployment',
        form: 'object',
        otherwise: 'all of it follows',
        elsewhere,
      }).optional(),
    })
    .optional()
    .meta({ description: 'what the server should have: see `jotgate plan`' }),
  administrator: z
    .strictObject({
      user: setting(text(511), {
        group: 'administrator',
        flag: '--service-user <name>',
        description:
          'the service user who plans and applies by the virtual proxy itself, as directory\\user; with the client certificate, who gets the rights for that',
        elsewhere: 'Qlik Cloud is administered with an API key or an OAuth client',
      }).optional(),
    })
    .optional()
    .meta({
      description:
        'who administers it: a service user, or whoever has `clientCertificate` where that is given',
    }),
}
