import { elementById } from './element.ts'
import type { PortalConfig } from './portal-config.ts'
import { type SentRequest, sentRequests } from './sent-requests.ts'
import { drawSequence, type LoginRecord, type Party } from './sequence.ts'
import { showSequenceTable } from './sequence-table.ts'

/** Shows the login as a sequence, from the records of all who took part; the button reads them again. */
export function showWhatHappened(config: PortalConfig): void {
  const button = elementById('happened-again', HTMLButtonElement)
  const show = async () => {
    button.disabled = true
    const { requests, loginId } = sentRequests()
    const others = loginId === undefined ? [] : await readRecords(loginId)
    const records = [...toRecords(requests, config, others), ...others].sort((a, b) => a.at - b.at)
    elementById('happened', HTMLElement).hidden = records.length === 0
    const sources = [...new Set(records.map(({ source }) => source))]
    elementById('happened-sources', HTMLElement).textContent = new Intl.ListFormat('en').format(
      sources,
    )
    drawSequence(elementById('sequence', HTMLElement), records, partiesOf(config))
    showSequenceTable(elementById('sequence-frame', HTMLElement), records)
    button.disabled = false
  }
  button.onclick = show
  void show()
}

async function readRecords(loginId: string): Promise<LoginRecord[]> {
  const address = `/what-happened.json?login=${encodeURIComponent(loginId)}`
  const answer = await fetch(address).catch(() => undefined)
  if (!answer?.ok) return []
  const { records } = (await answer.json()) as { records: LoginRecord[] }
  return records
}

/** What the page itself wrote down. Where Qlik did so too, its own record of the same request says more. */
function toRecords(
  requests: readonly SentRequest[],
  { way }: PortalConfig,
  others: readonly LoginRecord[],
): LoginRecord[] {
  const front = way === 'gateway' ? 'gateway' : 'qlik'
  const isSeenByQlik = others.some(({ from, to }) => from === 'browser' && to === 'qlik')
  return requests
    .map(({ at, origin, what, sent }): LoginRecord => {
      const to = origin === location.origin ? 'portal' : front
      return { at, from: 'browser', to, what, sent, source: 'this page' }
    })
    .filter(({ to }) => to !== 'qlik' || !isSeenByQlik)
}

const partiesOf = ({ way }: PortalConfig): readonly Party[] =>
  way === 'gateway' ? ['browser', 'portal', 'gateway', 'qlik'] : ['browser', 'portal', 'qlik']
