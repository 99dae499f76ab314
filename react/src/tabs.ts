/** What one tab tells the others of its origin. */
export type TabMessage = 'signed-in' | 'signed-out' | 'session-ended';

/** The tabs of one application; `listen` opens the channel, so that a server never does. */
export function createTabs(channelName: string) {
  let channel: BroadcastChannel | undefined;
  return {
    listen(hear: (message: TabMessage) => void): void {
      if (channel || typeof BroadcastChannel === 'undefined') return;
      channel = new BroadcastChannel(channelName);
      channel.onmessage = ({ data }) => hear(data);
    },
    tell: (message: TabMessage) => channel?.postMessage(message),
    close(): void {
      channel?.close();
      channel = undefined;
    },
  };
}
