/** Loaded before the service: says on standard error to which port each connection goes. */
const preload = `
  import { subscribe } from 'node:diagnostics_channel';
  subscribe('net.client.socket', ({ socket }) => {
    const say = (what) => process.stderr.write('outbound ' + what + '\\n');
    const sayError = ({ code }) => say(code);
    socket.once('error', sayError);
    socket.once('connect', () => {
      socket.removeListener('error', sayError);
      say(socket.remotePort);
    });
  });`;

/** Node's options for a service whose outgoing connections a test wants to know. */
export const watchOutbound = [
  '--import',
  `data:text/javascript,${encodeURIComponent(preload)}`,
] as const;

/** The ports that a service so started opened connections to, and what went wrong with others. */
export function listOutbound(service: { output(): string }): string[] {
  const ports = service.output().matchAll(/^outbound (.*)$/gm);
  return [...new Set([...ports].map(([, port]) => `${port}`))].sort();
}
