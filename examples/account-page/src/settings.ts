/** Which pool and which service; without variables the local stack of `npm run dev`. */
export const settings = {
  serviceUrl: import.meta.env.VITE_PROFILE_SERVICE_URL ?? 'http://127.0.0.1:3000',
  issuer: import.meta.env.VITE_COGNITO_ISSUER ?? 'http://127.0.0.1:9229/us-east-1_LocalPool',
  clientId: import.meta.env.VITE_COGNITO_CLIENT_ID ?? 'localwebapp000000000000000',
  // With the last scope the service may ask Cognito for names and picture on the person's behalf.
  scope: import.meta.env.VITE_COGNITO_SCOPE ?? 'openid email profile aws.cognito.signin.user.admin',
};
