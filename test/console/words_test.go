package console

// words are what the page calls things in one language.
type words struct {
	language                                                            string
	signIn, accessKeyID, secretAccessKey                                string
	apis, createAPI, apiName                                            string
	policies, createPolicy, policyName                                  string
	roles, createRole, roleName, attachPolicy, policy, trusts           string
	routes, createRoute, routeKey, attachIntegration, target, role      string
	add, template, validJSON                                            string
	createResponse, responseKey                                         string
	deployAPI, deploy, noFault, firstChanges, deployedTo                string
	users, createUser, userName, createInlinePolicy, createKey, keyOnce string
	testClient, connect, connected, query, received, explain, created   string
	close, cancel, saved, socketURL                                     string
}

var english = words{
	language: "English",
	signIn:   "Sign in", accessKeyID: "Access key ID", secretAccessKey: "Secret access key",
	apis: "APIs", createAPI: "Create API", apiName: "API name",
	policies: "Policies", createPolicy: "Create policy", policyName: "Policy name",
	roles: "Roles", createRole: "Create role", roleName: "Role name", attachPolicy: "Attach policy", policy: "Policy",
	trusts: "Integrations may use this role",
	routes: "Routes", createRoute: "Create route", routeKey: "Route key", attachIntegration: "Attach integration",
	target: "Integration target", role: "Credentials (IAM role)",
	add: "Add", template: "Content type (template key) application/json", validJSON: "Valid JSON",
	createResponse: "Create response", responseKey: "HTTP status regex (response key)",
	deployAPI: "Deploy API", deploy: "Deploy", noFault: "No fault found", firstChanges: "Response 201 of integration POST 127.0.0.1:", deployedTo: "Deployed to",
	users: "Users", createUser: "Create user", userName: "User name", createInlinePolicy: "Create inline policy",
	createKey: "Create access key", keyOnce: "This secret is shown once",
	testClient: "Test client", connect: "Connect", connected: "Connected", query: "Query string", received: "received", explain: "Explain", created: "created",
	close: "Close", cancel: "Cancel", saved: "I have saved it", socketURL: "WebSocket URL",
}

var spanish = words{
	language: "Español",
	signIn:   "Iniciar sesión", accessKeyID: "Identificador de la clave (access key ID)", secretAccessKey: "Clave secreta (secret access key)",
	apis: "APIs", createAPI: "Crear API", apiName: "Nombre de la API",
	policies: "Políticas", createPolicy: "Crear política", policyName: "Nombre de la política",
	roles: "Roles", createRole: "Crear rol", roleName: "Nombre del rol", attachPolicy: "Asociar política", policy: "Política",
	trusts: "Las integraciones pueden usar este rol",
	routes: "Rutas", createRoute: "Crear ruta", routeKey: "Clave de ruta", attachIntegration: "Asignar integración",
	target: "Destino de la integración", role: "Credenciales (rol de IAM)",
	add: "Añadir", template: "Tipo de contenido (clave de la plantilla) application/json", validJSON: "JSON válido",
	createResponse: "Crear respuesta", responseKey: "Regex del estado HTTP (clave de la respuesta)",
	deployAPI: "Desplegar la API", deploy: "Desplegar", noFault: "No se encontró ningún fallo", firstChanges: "Respuesta 201 de la integración POST 127.0.0.1:", deployedTo: "Desplegado en",
	users: "Usuarios", createUser: "Crear usuario", userName: "Nombre", createInlinePolicy: "Crear política insertada",
	createKey: "Crear clave de acceso", keyOnce: "Este secreto se muestra una sola vez",
	testClient: "Cliente de prueba", connect: "Conectar", connected: "Conectado", query: "Parámetros de la URL", received: "recibido", explain: "Explicación", created: "se creó",
	close: "Cerrar", cancel: "Cancelar", saved: "Lo he guardado", socketURL: "URL del WebSocket",
}
