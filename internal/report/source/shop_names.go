package source

type shopStore struct {
	name   string
	region int
}

type shopProduct struct {
	name, category string
	cents          int
}

var shopRegions = []string{"Norte", "Sur", "Este", "Oeste"}

var shopStores = []shopStore{
	{"Bilbao Centro", 1},
	{"Santander Puerto", 1},
	{"Gijón Playa", 1},
	{"Sevilla Triana", 2},
	{"Málaga Mar", 2},
	{"Granada Vega", 2},
	{"Valencia Turia", 3},
	{"Alicante Sol", 3},
	{"Murcia Huerta", 3},
	{"Salamanca Plaza", 4},
	{"Cáceres Vieja", 4},
	{"Vigo Ría", 4},
}

var shopProducts = []shopProduct{
	{"Aceite de oliva 1 l", "Despensa", 945},
	{"Café molido 250 g", "Despensa", 395},
	{"Miel de azahar", "Despensa", 620},
	{"Arroz bomba 1 kg", "Despensa", 385},
	{"Azafrán 1 g", "Despensa", 550},
	{"Pimentón dulce", "Despensa", 240},
	{"Queso curado", "Frescos", 1290},
	{"Jamón ibérico 100 g", "Frescos", 1150},
	{"Naranjas 2 kg", "Frescos", 310},
	{"Tomates 1 kg", "Frescos", 275},
	{"Pan de pueblo", "Frescos", 210},
	{"Anchoas", "Frescos", 780},
	{"Plato de cerámica", "Hogar", 1450},
	{"Botijo", "Hogar", 2375},
	{"Mantel de lino", "Hogar", 3890},
	{"Cesta de mimbre", "Hogar", 2160},
	{"Vela de cera", "Hogar", 690},
	{"Jabón artesano", "Hogar", 425},
	{"Abanico pintado", "Regalos", 1780},
	{"Castañuelas", "Regalos", 1320},
	{"Cuaderno cosido", "Regalos", 980},
	{"Postales (10)", "Regalos", 550},
	{"Imán de azulejo", "Regalos", 320},
	{"Juego de dominó", "Regalos", 1595},
}

// Given and family names are combined, so that no real person is meant.
var (
	shopGivenNames  = []string{"Ana", "Bruno", "Carla", "Diego", "Elena", "Fidel", "Gala", "Hugo", "Irene", "Jorge", "Lara", "Marcos"}
	shopFamilyNames = []string{"Abad", "Bravo", "Calvo", "Durán", "Egea", "Ferrer", "Galán", "Herrero", "Ibáñez", "Lozano"}
)
