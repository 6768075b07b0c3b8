import type { ClientManaged } from '../client-managed.ts'
import type { VirtualProxyChange } from '../repository/virtual-proxy-changes.ts'

/** Ends the sessions that a change of a virtual proxy, or of its links, ends: the proxy restarts. */
export function endSessionsByChange(
  { sessions, switches }: ClientManaged,
  change: VirtualProxyChange,
): void {
  const { virtualProxyChange, certificateChange } = switches.get()
  const isCertificateAlone =
    change.kind === 'changed' && change.fields.join() === 'jwtPublicKeyCertificate'
  const decision = isCertificateAlone ? certificateChange : virtualProxyChange
  // Nobody finds the sessions of a virtual proxy again that is gone or not linked.
  const isGone = change.kind === 'removed' || change.kind === 'unlinked'
  if (decision === 'keeps-sessions' && !isGone) return
  sessions.endWhere(
    ({ virtualProxyId, nodeId }) =>
      virtualProxyId === change.virtualProxyId &&
      (!('nodeId' in change) || change.nodeId === nodeId),
    'OnSessionClosed',
    isGone ? undefined : isCertificateAlone ? 'certificateChange' : 'virtualProxyChange',
  )
}
