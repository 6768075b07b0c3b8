import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort, type RunningServer, startListener } from './processes.ts'
import type { TlsFiles } from './stage.ts'

/** What all have in common: one worker, no log, connections that stay. */
function configuration(server: string): string {
  return `
daemon off; master_process off; pid nginx.pid; error_log stderr crit;
events { worker_connections 8192; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  ${server}
}
`
}

async function start(folder: string, server: (port: number) => string): Promise<RunningServer> {
  const port = await findFreePort()
  const own = join(folder, `nginx-${port}`)
  mkdirSync(own)
  writeFileSync(join(own, 'nginx.conf'), configuration(server(port)))
  const args = ['-p', own, '-c', 'nginx.conf', '-e', 'stderr']
  return startListener('nginx', args, port)
}

/**
 * Qlik as a plain fast server: it takes every token at its login, and gives files. It is the same for all that is
 * compared.
 *
 * @param files what it gives, by path
 */
export function startQlikFiles(
  folder: string,
  filesOf: (url: string) => ReadonlyMap<string, string | Buffer>,
): Promise<RunningServer> {
  return start(folder, (port) => {
    const root = join(folder, `files-${port}`)
    for (const [path, content] of filesOf(`http://127.0.0.1:${port}`)) {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return `
  types { application/json json; application/octet-stream bin; }
  open_file_cache max=100;
  server {
    listen 127.0.0.1:${port} backlog=4096; root ${root};
    location = /login/jwt-session {
      add_header Set-Cookie "eas.sid=$request_id; Path=/; HttpOnly; Secure";
      add_header Set-Cookie "_csrfToken=$request_id; Path=/; Secure";
      return 200 '{}';
    }
    location = /logout { return 204; }
    location = /jwt/qps/csrftoken {
      add_header Set-Cookie "X-Qlik-Session-jwt=$request_id; Path=/; HttpOnly; Secure";
      add_header qlik-csrf-token $request_id;
      return 204;
    }
  }`
  })
}

/** nginx as the proxy that all are held against. */
export function startNginx(
  folder: string,
  upstreamPort: number,
  { largeBuffers = false, tls }: { largeBuffers?: boolean; tls?: TlsFiles } = {},
): Promise<RunningServer> {
  const buffers = 'proxy_buffer_size 64k; proxy_buffers 16 64k; proxy_busy_buffers_size 128k;'
  const secure =
    tls && `ssl_certificate ${tls.certificateFile}; ssl_certificate_key ${tls.keyFile};`
  return start(
    folder,
    (port) => `
  map $http_upgrade $connection_field { default upgrade; '' ''; }
  upstream qlik { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096 ${tls === undefined ? '' : 'ssl'};
    ${secure ?? ''}
    location / {
      proxy_pass http://qlik; proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_field;
      proxy_set_header Cookie "eas.sid=1";
      ${largeBuffers ? buffers : ''}
    }
  }`,
  )
}
