// npm install jotgate
import { connect } from 'jotgate/browser'

const qlik = await connect({
  mode: 'direct',
  product: 'client-managed',
  url: 'https://your-server.example',
  prefix: 'your-prefix',
  token: { url: '/token/client-managed' },
  // Nothing of a person who has signed out stays on the page.
  onEvent: ({ state }) => state === 'ended' && location.reload(),
})

const frame = document.body.appendChild(document.createElement('iframe'))
frame.title = 'The hub of Qlik'
frame.width = '900'
frame.height = '600'
frame.src = qlik.hubUrl()
