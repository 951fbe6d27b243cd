package language

// sampleTexts are what "template" says of a file with a sample event.
var sampleTexts = Catalogue{
	"sample.wrong":            {"sample {file}: {error}", "muestra {file}: {error}"},
	"sample.no_object":        {"it must be an object with body, params, context and stageVariables", "debe ser un objeto con body, params, context y stageVariables"},
	"sample.member_no_object": {"{name} must be an object", "{name} debe ser un objeto"},
	"sample.params_no_object": {"{name} in params must be an object of names and values", "{name} en params debe ser un objeto de nombres y valores"},
	"sample.no_member":        {"{where} has no member {name}: it has {known}", "{where} no tiene el miembro {name}: tiene {known}"},
	"sample.of_sample":        {"a sample", "una muestra"},
	"sample.of_params":        {"params", "params"},
}
