import { elementById } from './element.ts'
import { toGatewayCode } from './gateway-code.ts'
import type { PortalConfig, ServerConfig } from './portal-config.ts'

/** Writes the portal's own Qlik into the script that people copy, in the place of its examples. */
export function fillInCode({ qlik, way }: PortalConfig): void {
  if (way === 'gateway') leadThroughGateway('/assertion')
  fillIn({
    'https://your-tenant.eu.qlikcloud.com': qlik.url,
    'your-web-integration-id': qlik.webIntegrationId ?? '',
    'your-app-id': qlik.appId,
  })
}

/** The same for client-managed Qlik. */
export function fillInServerCode(
  { way }: PortalConfig,
  { url, prefix, appId }: ServerConfig,
): void {
  if (way === 'gateway') leadThroughGateway('/assertion/client-managed')
  fillIn({ 'https://your-server.example': url, 'your-prefix': prefix, 'your-app-id': appId })
}

function leadThroughGateway(path: string): void {
  const code = elementById('code', HTMLElement)
  code.textContent = toGatewayCode(code.textContent)
  elementById('code-note', HTMLElement).textContent =
    `A whole script, with the gateway and app of this portal. Your server answers POST ${path}, as the portal does with server/assertion-signer.ts, and your page is one of the gateway’s allowed origins.`
}

function fillIn(values: Readonly<Record<string, string>>): void {
  const code = elementById('code', HTMLElement)
  for (const [example, value] of Object.entries(values))
    code.textContent = code.textContent.replaceAll(example, () => value)
}

/** Lets people take the script of the view with them. */
export function showCopyButton(): void {
  // Long lines scroll in their frame, so the frame can be focused by keyboard.
  const frame = elementById('code-frame', HTMLPreElement)
  frame.tabIndex = 0
  frame.role = 'region'
  frame.ariaLabel = 'The script'
  const button = elementById('copy-code', HTMLButtonElement)
  const code = elementById('code', HTMLElement)
  button.addEventListener('click', async () => {
    const done = await navigator.clipboard.writeText(code.textContent ?? '').then(
      () => true,
      () => false,
    )
    // Where the browser forbids it, the selected text is a key press away from being copied.
    if (!done) getSelection()?.selectAllChildren(code)
    elementById('copied', HTMLElement).textContent = done
      ? 'Copied'
      : 'Selected: copy it by keyboard'
    button.textContent = done ? 'Copied' : 'Selected'
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 2000)
  })
}
