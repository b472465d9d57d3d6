package page

import "loaxa/admin/route"

func (p *Pages) settingsRoutes() []route.Route { return nil }
