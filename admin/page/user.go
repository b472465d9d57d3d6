package page

import "loaxa/admin/route"

func (p *Pages) userRoutes() []route.Route { return nil }
