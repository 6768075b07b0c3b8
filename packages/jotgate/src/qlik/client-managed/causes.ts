// The proxy of client-managed Qlik gives a status and often no reason: it writes that into its own log, for
// administrators. So an error names what each status class has come from, the likeliest first. Sources: the
// administrators' help, Qlik's articles 1716226 and 2509211, and what other clients report.

const otherProxy =
  'no virtual proxy has this prefix, or it is not linked to the proxy service that answers here (with several nodes, the central one too); in the QMC: Virtual proxies, Associated items, Proxies'
const hostName =
  'the host name of the address is not in the Host allow list of the virtual proxy (the name alone, without scheme and port)'
const tooLong =
  'the token is longer than the proxy service takes in one header: send fewer groups and attributes, or raise its limit in the QMC'

const atLogin: Readonly<Record<number, readonly string[]>> = {
  302: [
    'the authentication method of the virtual proxy is not JWT: it asks people to log in',
    'the prefix is that of another virtual proxy',
  ],
  400: [otherProxy, `${hostName}, or the server does not have that name`, tooLong],
  401: [
    'the token has expired, or is not valid yet by the server’s clock',
    'it was signed with another key than that of the certificate in the virtual proxy',
    'its claims for user ID and user directory have other names than the virtual proxy has; case counts',
    'the virtual proxy requires an audience, or an attribute that its mapping calls mandatory',
    'the user is inactive or blocked in the QMC, or unknown users are not allowed; `jotgate token inspect` looks at the token, the proxy’s audit log names the reason',
  ],
  403: [hostName, 'the user may not enter: no licence, or blocked in the QMC'],
  404: ['the address is not a proxy of Qlik Sense, or the prefix is not the one in the QMC'],
  431: [tooLong],
}

const atCall: Readonly<Record<number, readonly string[]>> = {
  400: [
    'a part of the query is not encoded (a filter with & or #), or is not understood',
    otherProxy,
  ],
  401: [
    'the session has ended: the user logged out, was idle for too long, or the proxy restarted',
  ],
  403: [
    'the security rules do not allow it to this user',
    'the request was not recognised as the session’s own: no xrfkey or CSRF token, or another session’s',
    hostName,
  ],
  404: ['there is nothing at this path, or nothing that this user may see'],
  409: ['somebody else has changed it since it was read: read it again, and send it whole'],
}

const atService: Readonly<Record<number, readonly string[]>> = {
  ...atCall,
  401: ['no client certificate was given, or not one that this server issued'],
  403: [
    'the security rules do not allow it to the user in whose name the call was made',
    'no client certificate was given, or not one that this server issued',
  ],
}

/** What a token that opens no session may come from. */
export const causesOfRefusedLogin = (status: number) => lookUp(atLogin, status)

/** What a refused call of a session may come from. */
export const causesOfRefusal = (status: number) => lookUp(atCall, status)

/** What a call of a service at its own port, with a client certificate, is refused for. */
export const causesAtService = (status: number) => lookUp(atService, status)

/** All redirects say the same here; of other statuses each stands for itself. */
function lookUp(table: Readonly<Record<number, readonly string[]>>, status: number) {
  return table[status >= 300 && status <= 399 ? 302 : status] ?? []
}
