import { expect } from 'vitest'
import type { TestTenant } from '../testing/tenant.ts'
import { impersonationGrant } from './oauth-client-payload.ts'

export const clientsPath = '/api/v1/oauth-clients'

export interface Client {
  clientId: string
  clientSecret: string
}

interface Answer {
  status: number
  body: { access_token: string; errors?: { title: string; detail: string }[] } & Record<
    string,
    unknown
  >
}

export const idAndSecret = ({ clientId, clientSecret }: Client) => ({
  client_id: clientId,
  client_secret: clientSecret,
})

/** OAuth as a client and its administrator speak it, to the tenant that a test has just then. */
export function oauthOf(tenant: () => TestTenant) {
  async function create(changes: object = {}): Promise<Client> {
    const response = await tenant().admin('POST', clientsPath, {
      appType: 'web',
      clientName: 'backend',
      allowedGrantTypes: ['client_credentials', impersonationGrant],
      allowedScopes: ['user_default', 'admin_classic'],
      connectionConfig: { consentMethod: 'trusted' },
      ...changes,
    })
    expect(response.status).toBe(201)
    return (await response.json()) as Client
  }

  async function ask(body: object | URLSearchParams, headers: object = {}): Promise<Answer> {
    const isForm = body instanceof URLSearchParams
    const response = await fetch(`${tenant().emulator.url}/oauth/token`, {
      method: 'POST',
      headers: {
        'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
        ...headers,
      },
      body: isForm ? body : JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }

  return {
    create,
    ask,
    credentials: (client: Client, changes: object = {}) =>
      ask({ ...idAndSecret(client), grant_type: 'client_credentials', ...changes }),
    get: (address: string, token: string) =>
      tenant().send('GET', address, { authorization: `Bearer ${token}` }),
  }
}
