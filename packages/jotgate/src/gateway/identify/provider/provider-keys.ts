import { gatewayErrors } from '../../errors.ts'
import { createRemoteKeys, type RemoteKeysOptions } from '../keys/remote-keys.ts'
import type { TrustedKeys } from '../keys/trusted-keys.ts'
import { createDiscovery } from './discovery.ts'

/** The keys of a provider, wherever it says that they are now. */
export function createProviderKeys(options: Omit<RemoteKeysOptions, 'url'>): TrustedKeys {
  const discovery = createDiscovery(options)
  let current: { url: string; keys: TrustedKeys } | undefined

  const keysNow = async (): Promise<TrustedKeys> => {
    const { value, failure } = await discovery.read()
    if (value === undefined) {
      const { problem = 'there was no answer', cause } = failure ?? {}
      throw gatewayErrors.ERR_GATEWAY_HOST_SILENT(
        { problem: `the description of the provider ${options.issuer} cannot be used: ${problem}` },
        { cause },
      )
    }
    const url = value.jwksUrl
    if (current?.url !== url) current = { url, keys: createRemoteKeys({ ...options, url }) }
    return current.keys
  }

  return {
    async keysFor(kid) {
      const keys = await keysNow()
      return keys.keysFor(kid)
    },
    async prepare() {
      // A provider that is away does not keep the gateway from starting: it is asked again when a token comes.
      const keys = await keysNow().catch(() => undefined)
      await keys?.prepare()
    },
  }
}
