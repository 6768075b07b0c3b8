import type { ConnectOptions } from 'jotgate/browser'
import { showConnectionEvents } from './connection-events.ts'
import type { PortalConfig } from './portal-config.ts'
import { RecordedWebSocket, recordedFetch } from './sent-requests.ts'
import { showLoginStep } from './steps.ts'

/** Options that feed what the page shows of its login. Of these, an application needs `onEvent` alone. */
export function watched(
  config: PortalConfig,
): Pick<ConnectOptions, 'onStep' | 'onEvent' | 'fetch' | 'WebSocket'> {
  return {
    onStep: showLoginStep,
    fetch: recordedFetch,
    WebSocket: RecordedWebSocket,
    onEvent: showConnectionEvents(config),
  }
}
